//! Why there is no result.

/// What a role ends with when it has no result.
pub enum Error {
    /// The system cannot do it: there is no figure, and nothing failed.
    Unsupported(String),
    /// It should have worked.
    Failed(String),
}

impl<E: std::error::Error> From<E> for Error {
    fn from(error: E) -> Self {
        Error::Failed(format!("{error} ({error:?})"))
    }
}

pub type Result<T> = std::result::Result<T, Error>;

pub fn failed<T>(why: impl Into<String>) -> Result<T> {
    Err(Error::Failed(why.into()))
}

pub fn unsupported<T>(why: impl Into<String>) -> Result<T> {
    Err(Error::Unsupported(why.into()))
}
