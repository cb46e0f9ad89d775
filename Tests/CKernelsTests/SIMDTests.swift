import CKernels
import Testing

extension KernelTests {
    @Suite struct SIMDTests {
        @Test func selectionIsHonest() {
            #expect(nwc_simd_available(Int32(NWC_SIMD_PORTABLE.rawValue)) == 1)
            let before = nwc_simd_current()
            defer { nwc_simd_select(Int32(before.rawValue)) }
            for path in Int32(-2)..<8 {
                let current = nwc_simd_current()
                if nwc_simd_available(path) != 0 {
                    #expect(nwc_simd_select(path) == 0)
                    #expect(Int32(nwc_simd_current().rawValue) == path)
                } else {
                    #expect(nwc_simd_select(path) == -1)
                    #expect(nwc_simd_current() == current)
                }
            }
        }

        @Test func bestIsAvailable() {
            let best = Int32(nwc_simd_best().rawValue)
            #expect(nwc_simd_available(best) == 1)
            #if arch(arm64)
                #expect(nwc_simd_best() == NWC_SIMD_NEON)
            #endif
        }

        @Test func names() {
            #expect(
                (Int32(-1)...4).map { String(cString: nwc_simd_name($0)) } == [
                    "unknown", "portable", "avx2", "avx512", "neon", "unknown",
                ])
        }
    }
}
