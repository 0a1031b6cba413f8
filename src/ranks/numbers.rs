//! Numbers on their way from one process to another.

/// Numbers to send.
#[derive(Debug, Clone, Copy)]
pub enum Numbers<'a> {
    /// In single precision.
    F32(&'a [f32]),
    /// In double precision.
    F64(&'a [f64]),
}

/// Room for numbers that are received.
#[derive(Debug)]
pub enum NumbersMut<'a> {
    /// In single precision.
    F32(&'a mut [f32]),
    /// In double precision.
    F64(&'a mut [f64]),
}
