package layout

import "unsafe"

// The numbers of the classic layout.
const (
	ClassicHeaderSize  = 16
	ClassicLengthSize  = 4
	ClassicMinRequest  = 16
	ClassicMaxRequest  = 1 << 31
	ClassicProducerKey = 0 // byte our producers lock
	ClassicConsumerKey = 4 // byte our consumers lock
)

// ClassicHeader is the first 16 bytes of a classic object.
type ClassicHeader struct {
	Head     U32 // producer position modulo 2^32; written by the producer
	Tail     U32 // consumer position modulo 2^32; written by the consumer
	Capacity U32 // written by the creator
	Reserved U32 // 0
}

var _ [0]struct{} = [unsafe.Sizeof(ClassicHeader{}) - ClassicHeaderSize]struct{}{}

// ClassicHeaderOf overlays mem, at least 16 bytes and 4-byte aligned.
func ClassicHeaderOf(mem []byte) *ClassicHeader {
	_ = mem[ClassicHeaderSize-1]
	return (*ClassicHeader)(unsafe.Pointer(&mem[0]))
}
