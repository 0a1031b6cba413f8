//! The switches of the mutants: scripts/mutants.sh adds this file to a copy of the library.
//!
//! `GRADUS_MUTANT=17` switches mutant 17 on, and nothing else. `GRADUS_REACH=FILE` switches none on; when the
//! process ends, one byte for each mutant tells whether a run with it could have gone another way.

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// In the place of a mutant's number: no mutant, but what would be reached is noted.
pub const RECORD: u32 = u32::MAX;

const MOST: usize = 1 << 16;
static REACHED: [AtomicU8; MOST] = [const { AtomicU8::new(0) }; MOST];
// Written once, before `main`. Not atomic, so that the compiler can keep it in a register through a loop.
static mut ACTIVE: u32 = 0;

/// Returns the mutant that is switched on; notes that those of one place of the program are reached.
#[inline(always)]
pub fn at(ids: &'static [u32]) -> u32 {
    let active = active(ids);
    if active == RECORD {
        ids.iter().for_each(|&id| note(id));
    }
    active
}

/// Returns the mutant that is switched on, and notes nothing: [`differ`] does.
#[inline(always)]
pub fn active(_ids: &'static [u32]) -> u32 {
    unsafe { ACTIVE }
}

/// Returns `value`; notes the mutants that would give another one.
#[cold]
#[inline(never)]
pub fn differ(value: bool, mutants: &[(u32, bool)]) -> bool {
    mutants.iter().filter(|mutant| mutant.1 != value).for_each(|mutant| note(mutant.0));
    value
}

#[cold]
#[inline(never)]
fn note(id: u32) {
    REACHED[id as usize].store(1, Relaxed);
}

unsafe extern "C" {
    fn atexit(run: extern "C" fn()) -> i32;
}

extern "C" fn begin() {
    if let Some(id) = std::env::var("GRADUS_MUTANT").ok().and_then(|id| id.parse().ok()) {
        unsafe { ACTIVE = id };
    } else if std::env::var_os("GRADUS_REACH").is_some() {
        unsafe { ACTIVE = RECORD };
        unsafe { atexit(end) };
    }
}

extern "C" fn end() {
    let reached: Vec<u8> = REACHED.iter().map(|byte| byte.load(Relaxed)).collect();
    if let Some(path) = std::env::var_os("GRADUS_REACH") {
        let _ = std::fs::write(path, reached);
    }
}

#[used]
#[unsafe(link_section = ".init_array")]
static BEGIN: extern "C" fn() = begin;
