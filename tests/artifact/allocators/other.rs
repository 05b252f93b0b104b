//! Another static library in Rust, whose allocator counts.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    hint::black_box,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

struct Counting;
static COUNT: AtomicUsize = AtomicUsize::new(0);

// SAFETY: all calls are passed to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Relaxed);
        System.alloc(layout)
    }
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        System.dealloc(block, layout)
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocates once, and returns the number of allocations of this library.
#[no_mangle]
pub extern "C" fn allocations() -> usize {
    black_box(Box::new(0u64));
    COUNT.load(Relaxed)
}
