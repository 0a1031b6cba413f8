//! The exponential without a branch, so that the compiler vectorizes a loop over it.

// exp x = 2ⁿ·eʳ with n = round(x / ln 2) and |r| ≤ ln 2 / 2. Adding and subtracting 1.5·2^(mantissa bits)
// rounds to the nearest integer and leaves it in the low bits, where a shift turns it into an exponent. ln 2
// is split into two parts so that n·ln 2 is exact. eʳ is computed by its Taylor polynomial of degree 7 (f32)
// or 13 (f64), whose remainder on this interval is below half a unit in the last place.

#[inline(always)]
pub fn exp_f32(x: f32) -> f32 {
    const MAGIC: f32 = 12_582_912.0;
    let x = if x < -87.0 { -87.0 } else { x };
    let x = if x > 88.7 { f32::INFINITY } else { x };
    let shifted = x * std::f32::consts::LOG2_E + MAGIC;
    let n = shifted - MAGIC;
    let r = (x - n * 0.693_359_4) - n * -2.121_944_4e-4;
    let inverse_factorials = [1.0 / 5040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0];
    let power = inverse_factorials.iter().fold(0.0, |sum: f32, c| sum * r + c);
    let result = power * f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3f80_0000));
    if x == f32::INFINITY { x } else { result }
}

#[inline(always)]
pub fn exp_f64(x: f64) -> f64 {
    const MAGIC: f64 = 6_755_399_441_055_744.0;
    let x = if x < -708.0 { -708.0 } else { x };
    let x = if x > 709.0 { f64::INFINITY } else { x };
    let shifted = x * std::f64::consts::LOG2_E + MAGIC;
    let n = shifted - MAGIC;
    let r = (x - n * 0.693_147_180_369_123_8) - n * 1.908_214_929_270_587_7e-10;
    let inverse_factorials = [
        1.0 / 6_227_020_800.0,
        1.0 / 479_001_600.0,
        1.0 / 39_916_800.0,
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ];
    let power = inverse_factorials.iter().fold(0.0, |sum: f64, c| sum * r + c);
    let result = power * f64::from_bits((shifted.to_bits() << 52).wrapping_add(0x3ff0_0000_0000_0000));
    if x == f64::INFINITY { x } else { result }
}
