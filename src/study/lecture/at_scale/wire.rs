//! The time of messages and of sums over processes, by a formula.

/// The numbers that [`add_in_order`](crate::ranks::add_in_order) sends together.
pub(super) const SEGMENT: usize = 8192;

/// The time of a message: a latency, and the time of each number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Wire {
    pub latency: f64,
    pub per_number: f64,
}

impl Wire {
    /// Returns the latency a and the time b of a number for which a + b·n is nearest to the measured seconds,
    /// by the squares of the relative errors. Without two lengths both are NaN.
    pub fn fitted(measured: &[(usize, f64)]) -> Self {
        let (mut uu, mut uv, mut vv, mut u, mut v) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for &(numbers, seconds) in measured {
            let (one, length) = (1.0 / seconds, numbers as f64 / seconds);
            uu += one * one;
            uv += one * length;
            vv += length * length;
            u += one;
            v += length;
        }
        let determinant = uu * vv - uv * uv;
        if determinant <= 1e-12 * uu * vv || determinant.is_nan() {
            return Wire { latency: f64::NAN, per_number: f64::NAN };
        }
        Wire { latency: (vv * u - uv * v) / determinant, per_number: (uu * v - uv * u) / determinant }
    }

    /// Returns the same for numbers of half the bytes.
    pub fn in_single_precision(self) -> Self {
        Wire { per_number: 0.5 * self.per_number, ..self }
    }

    /// Returns the seconds of a message.
    pub fn message(&self, numbers: usize) -> f64 {
        self.latency + self.per_number * numbers as f64
    }

    /// Returns the seconds until all of `ranks` processes have what one has: each that has it passes it on.
    pub fn broadcast(&self, ranks: usize, numbers: usize) -> f64 {
        f64::from(ranks.next_power_of_two().ilog2()) * self.message(numbers)
    }

    /// Returns the seconds of a sum in the order of the processes: a chain through which the segments follow
    /// each other, and a broadcast of the sum.
    pub fn sum(&self, ranks: usize, numbers: usize) -> f64 {
        if ranks == 1 {
            return 0.0;
        }
        let hops = numbers.div_ceil(SEGMENT) + ranks - 2;
        hops as f64 * self.message(numbers.min(SEGMENT)) + self.broadcast(ranks, numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found() {
        let wire = Wire { latency: 2e-6, per_number: 1e-9 };
        let points = [785, 7850, 79_510].map(|n| (n, wire.message(n)));
        let found = Wire::fitted(&points);
        assert!((found.latency / 2e-6 - 1.0).abs() < 1e-6 && (found.per_number / 1e-9 - 1.0).abs() < 1e-6);
        assert!(Wire::fitted(&points[..1]).latency.is_nan() && Wire::fitted(&[]).latency.is_nan());
    }

    #[test]
    fn a_sum_is_a_chain_and_a_broadcast() {
        let wire = Wire { latency: 1.0, per_number: 0.0 };
        // Three segments over three hops take five turns; four processes have it after two more.
        assert_eq!(wire.sum(4, 3 * SEGMENT), 5.0 + 2.0);
        assert_eq!([wire.sum(1, 10), wire.sum(2, 10), wire.broadcast(5, 1)], [0.0, 2.0, 3.0]);
    }
}
