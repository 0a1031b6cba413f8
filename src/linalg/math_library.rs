//! The library of elementary functions.

/// Returns the name and version of the library that computes exponentials, logarithms and powers: "glibc
/// 2.39". Its versions differ in last bits. Elsewhere than on Linux with glibc, it is the system's.
///
/// ```
/// assert!(!gradus::linalg::math_library().is_empty());
/// ```
pub fn math_library() -> String {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        // SAFETY: the function returns a string that lives as long as the program.
        let version = unsafe { std::ffi::CStr::from_ptr(nix::libc::gnu_get_libc_version()) };
        format!("glibc {}", version.to_string_lossy())
    }
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    format!("the functions of {}", std::env::consts::OS)
}
