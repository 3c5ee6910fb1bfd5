/// The natural logarithm, with the same bits in debug and release builds and on every machine.
///
/// The method of fdlibm's `e_log.c` (Sun Microsystems, 1993): x = 2^k (1 + f), then log(1 + f) from s = f / (2 + f) and
/// a polynomial in s^2; error below 1 ulp. Only additions, multiplications and one division, each of which IEEE 754
/// rounds exactly; no fused operation may take their place, so every product is named.
public func ln(_ x: Double) -> Double {
    guard x > 0 else { return x == 0 ? -.infinity : .nan }
    guard x < .infinity else { return x }
    var significand = x.significand
    var exponent = Double(x.exponent)
    if significand > 1.414_213_562_373_095_1 {
        significand /= 2
        exponent += 1
    }
    let f = significand - 1
    let s = f / (2 + f)
    let z = s * s
    var series = 0.0
    for coefficient in lnCoefficients {
        series = coefficient + series
        series = series * z
    }
    let half = 0.5 * f * f
    let high = exponent * 6.931_471_803_691_238_164_90e-01
    let low = exponent * 1.908_214_929_270_587_700_02e-10
    let correction = s * (half + series)
    return high - ((half - (correction + low)) - f)
}

/// fdlibm's Lg7 ... Lg1.
private let lnCoefficients: [Double] = [
    1.479_819_860_511_658_591e-01, 1.531_383_769_920_937_332e-01, 1.818_357_216_161_805_012e-01,
    2.222_219_843_214_978_396e-01, 2.857_142_874_366_239_149e-01, 3.999_999_999_940_941_908e-01,
    6.666_666_666_666_735_130e-01,
]
