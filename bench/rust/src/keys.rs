//! The key=value arguments of a case.

use crate::error::{unsupported, Result};
use std::collections::BTreeMap;

pub struct Keys(BTreeMap<String, String>);

impl Keys {
    pub fn parse(arguments: &[String]) -> Result<Self> {
        let mut keys = BTreeMap::new();
        for argument in arguments {
            match argument.split_once('=') {
                Some((key, value)) => keys.insert(key.to_string(), value.to_string()),
                None => return unsupported(format!("'{argument}' is no key=value")),
            };
        }
        Ok(Self(keys))
    }

    pub fn text(&mut self, key: &str, default: Option<&str>) -> Result<String> {
        match (self.0.remove(key), default) {
            (Some(text), _) => Ok(text),
            (None, Some(text)) => Ok(text.to_string()),
            (None, None) => unsupported(format!("{key} missing")),
        }
    }

    pub fn number(&mut self, key: &str, default: Option<usize>) -> Result<usize> {
        match (self.0.remove(key), default) {
            (Some(text), _) => match text.parse() {
                Ok(number) => Ok(number),
                Err(_) => unsupported(format!("{key}={text}: not a whole number")),
            },
            (None, Some(number)) => Ok(number),
            (None, None) => unsupported(format!("{key} missing")),
        }
    }

    /// Bytes of a record, which has room for its number.
    pub fn size(&mut self) -> Result<usize> {
        let size = self.number("size", None)?;
        if size < 8 {
            return unsupported(format!(
                "size {size}: records carry their number, so at least 8 bytes"
            ));
        }
        Ok(size)
    }

    /// How many, and how many of them come before the clock runs.
    pub fn count_and_warm(&mut self) -> Result<(u64, u64)> {
        let (count, warm) = (self.number("count", None)?, self.number("warm", Some(0))?);
        if warm + 1 >= count {
            return unsupported(format!(
                "count {count}, warm {warm}: at least two records after the warm-up"
            ));
        }
        Ok((count as u64, warm as u64))
    }

    /// No key may be left over.
    pub fn done(self) -> Result<()> {
        match self.0.into_keys().next() {
            Some(key) => unsupported(format!("this case has no key '{key}'")),
            None => Ok(()),
        }
    }
}
