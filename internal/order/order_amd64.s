//go:build amd64 && !race && !purego

#include "textflag.h"

// func Pause(n uint32)
TEXT ·Pause(SB), NOSPLIT, $0-4
	MOVL n+0(FP), AX
	TESTL AX, AX
	JZ done
again:
	PAUSE
	SUBL $1, AX
	JNZ again
done:
	RET

// func Prefetch(p, q unsafe.Pointer)
TEXT ·Prefetch(SB), NOSPLIT, $0-16
	MOVQ p+0(FP), AX
	MOVQ q+8(FP), BX
	PREFETCHT0 (AX)
	PREFETCHT0 (BX)
	RET

// func streamLines(to, from unsafe.Pointer, count, step uint64)
TEXT ·streamLines(SB), NOSPLIT, $0-32
	MOVQ to+0(FP), DI
	MOVQ from+8(FP), SI
	MOVQ count+16(FP), CX
	MOVQ step+24(FP), DX
again:
	MOVOU (SI), X0
	MOVOU 16(SI), X1
	MOVOU 32(SI), X2
	MOVOU 48(SI), X3
	MOVNTO X0, (DI)
	MOVNTO X1, 16(DI)
	MOVNTO X2, 32(DI)
	MOVNTO X3, 48(DI)
	ADDQ DX, SI
	ADDQ DX, DI
	SUBQ $1, CX
	JNZ again
	SFENCE
	RET
