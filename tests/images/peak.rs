//! The memory that a thread holds at most, and what it allocates in total.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
    static TOTAL: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, with counts of its bytes.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(bytes: isize) {
    // A thread that ends frees memory when its counts are gone.
    let held = HELD.try_with(|held| {
        held.set(held.get() + bytes);
        held.get()
    });
    if let Ok(held) = held {
        _ = PEAK.try_with(|peak| peak.set(peak.get().max(held)));
        _ = TOTAL.try_with(|total| total.set(total.get() + usize::try_from(bytes).unwrap_or(0)));
    }
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: the caller's.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Runs `work` and returns its result, and the bytes that it held at most at any time.
pub(crate) fn peak_of<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.get();
    PEAK.set(before);
    let result = work();
    (result, usize::try_from(PEAK.get() - before).unwrap_or(0))
}

/// Runs `work` and returns its result, and the bytes that it allocated in total.
pub(crate) fn total_of<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = TOTAL.get();
    let result = work();
    (result, TOTAL.get() - before)
}

#[test]
fn peak_of_work_counts_what_is_held_at_once_and_total_all_of_it() {
    let ((length, peak), total) = total_of(|| {
        peak_of(|| {
            let one = vec![1_u8; 1 << 20].len();
            one + vec![1_u8; 3 << 20].len()
        })
    });
    assert_eq!(length, 4 << 20);
    assert!((3 << 20..4 << 20).contains(&peak), "{peak}");
    assert!((4 << 20..5 << 20).contains(&total), "{total}");
}
