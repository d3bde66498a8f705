//! Memory as one list of free blocks per power of two.
//!
//! A block is in one of three states:
//!
//! - *fresh*: between `fresh` and `end`, never handed out;
//! - *used*: owned by a caller, from `allocate` to `release`;
//! - *free*: first in line for the next caller who needs its power of two. It begins with the address of the next one.
//!
//! Neighbours are never joined and memory is never returned to the engine. Calls are synchronous and leave next to nothing
//! behind, so blocks of every size come back soon and are used again. Joining them is most of the code of a general
//! allocator, which every page would download. For each power of two, the memory taken is at most twice what was ever in
//! use at once.
//!
//! Written by hand because of its size. The client's module, in bytes:
//!
//! | Allocator | Raw | gzip 9 | brotli 11 |
//! | --- | --- | --- | --- |
//! | these lists | 43,654 | 21,552 | 19,230 |
//! | `talc` 5.1, in-place reallocation disabled | 44,558 | 22,007 | 19,681 |
//! | `dlmalloc`, Rust's own for wasm32 | 48,477 | 23,706 | 21,170 |

use core::alloc::Layout;
use core::ptr::{copy_nonoverlapping, null_mut};

/// The unit in which memory grows.
pub(super) const PAGE: usize = 65_536;
/// The smallest block is of 16 bytes, so that every block is aligned for anything the modules hold.
const MIN_POWER: u32 = 4;

/// The memory that blocks are cut from.
///
/// # Safety
///
/// The bytes that `grow` adds must be writable, and used by nobody else, for as long as the value lives.
pub(super) unsafe trait Grow {
    /// Adds `pages` pages and returns the first new byte, which is aligned to [`PAGE`], or `None` when memory is
    /// exhausted. Pages of consecutive calls need not be neighbours.
    fn grow(&mut self, pages: usize) -> Option<*mut u8>;
}

/// The free blocks, and the memory that they come from.
#[derive(Debug)]
pub(super) struct FreeLists<G> {
    /// The first free block of each power of two.
    free: [*mut u8; 32],
    /// The memory between these two has not been handed out.
    fresh: *mut u8,
    end: *mut u8,
    memory: G,
}

/// Returns the power of two of the block for a layout.
fn power(layout: Layout) -> u32 {
    ((layout.size().max(layout.align()) - 1) | ((1 << MIN_POWER) - 1)).ilog2() + 1
}

impl<G: Grow> FreeLists<G> {
    /// Makes lists without blocks.
    pub(super) const fn new(memory: G) -> FreeLists<G> {
        FreeLists {
            free: [null_mut(); 32],
            fresh: null_mut(),
            end: null_mut(),
            memory,
        }
    }

    /// Returns a block of at least the size of the layout, at a multiple of its alignment, or null when memory is exhausted.
    ///
    /// Blocks begin at a multiple of their own size, up to a page, which is more than the alignment of any layout in use.
    pub(super) fn allocate(&mut self, layout: Layout) -> *mut u8 {
        let power = power(layout);
        let Some(list) = self.free.get_mut(power as usize) else {
            return null_mut();
        };
        let block = *list;
        if !block.is_null() {
            // SAFETY: a free block begins with the address of the next one, and nobody else refers to it.
            *list = unsafe { block.cast::<*mut u8>().read() };
            return block;
        }
        let size = 1usize << power;
        let alignment = size.min(PAGE);
        let start = self.fresh.addr().next_multiple_of(alignment);
        if size > self.end.addr().saturating_sub(start) {
            let pages = size.div_ceil(PAGE);
            let Some(grown) = self.memory.grow(pages) else {
                return null_mut();
            };
            if grown != self.end {
                self.fresh = grown;
            }
            self.end = grown.wrapping_add(pages * PAGE);
        }
        let start = self.fresh.map_addr(|address| address.next_multiple_of(alignment));
        self.fresh = start.wrapping_add(size);
        start
    }

    /// Takes a block back.
    ///
    /// # Safety
    ///
    /// The block comes from [`allocate`](Self::allocate) with the same layout, and the caller no longer uses it.
    pub(super) unsafe fn release(&mut self, block: *mut u8, layout: Layout) {
        if let Some(list) = self.free.get_mut(power(layout) as usize) {
            // SAFETY: every block is large enough for an address, aligned for it, and the caller gave this one up.
            unsafe { block.cast::<*mut u8>().write(*list) };
            *list = block;
        }
    }

    /// Resizes a block, which moves if its power of two changes. Returns null when memory is exhausted; the caller keeps the
    /// old block then.
    ///
    /// # Safety
    ///
    /// As for [`release`](Self::release); `size` and the alignment of `layout` make a layout.
    pub(super) unsafe fn resize(&mut self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller vouches for the size.
        let resized = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        if power(resized) == power(layout) {
            return block;
        }
        let new = self.allocate(resized);
        if !new.is_null() {
            // SAFETY: both blocks hold what is copied, and are not the same; then the caller gives up the old one.
            unsafe {
                copy_nonoverlapping(block, new, layout.size().min(size));
                self.release(block, layout);
            }
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::alloc::{alloc_zeroed, dealloc};

    /// Memory from the system's allocator: contiguous as in a module, or scattered.
    #[derive(Debug)]
    struct Pages {
        /// The pages left of the last allocation.
        ahead: usize,
        next: *mut u8,
        /// The pages of one allocation. A growth beyond them begins another.
        run: usize,
        /// The pages available in all.
        limit: usize,
        taken: usize,
        owned: Vec<(*mut u8, Layout)>,
    }

    impl Pages {
        fn new(run: usize, limit: usize) -> Pages {
            Pages {
                ahead: 0,
                next: null_mut(),
                run,
                limit,
                taken: 0,
                owned: Vec::new(),
            }
        }
    }

    // SAFETY: the pages are allocated for this value and freed when it is dropped; none is handed out twice.
    unsafe impl Grow for Pages {
        fn grow(&mut self, pages: usize) -> Option<*mut u8> {
            if self.taken + pages > self.limit {
                return None;
            }
            if pages > self.ahead {
                self.ahead = self.run.max(pages);
                let layout = Layout::from_size_align(self.ahead * PAGE, PAGE).expect("a layout");
                // SAFETY: the layout has a size.
                self.next = unsafe { alloc_zeroed(layout) };
                assert!(!self.next.is_null());
                self.owned.push((self.next, layout));
            }
            self.ahead -= pages;
            self.taken += pages;
            let start = self.next;
            self.next = start.wrapping_add(pages * PAGE);
            Some(start)
        }
    }

    impl Drop for Pages {
        fn drop(&mut self) {
            for &(start, layout) in &self.owned {
                // SAFETY: allocated above with this layout.
                unsafe { dealloc(start, layout) };
            }
        }
    }

    /// A block in use and the byte that fills it.
    struct Used {
        block: *mut u8,
        layout: Layout,
        fill: u8,
    }

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).expect("a layout")
    }

    fn fill(used: &Used) {
        // SAFETY: the block belongs to the test and has this size.
        unsafe { used.block.write_bytes(used.fill, used.layout.size()) };
    }

    fn assert_filled(used: &Used, size: usize) {
        // SAFETY: the block belongs to the test, has at least this size and was filled.
        let bytes = unsafe { std::slice::from_raw_parts(used.block, size) };
        assert!(bytes.iter().all(|byte| *byte == used.fill), "{:?}", used.layout);
    }

    /// Returns a generator of pseudorandom integers below an end.
    fn numbers(mut seed: u64) -> impl FnMut(usize) -> usize {
        move |end| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % end
        }
    }

    #[test]
    fn blocks_in_use_keep_their_bytes_whatever_happens_beside_them() {
        let steps = if cfg!(miri) { 150 } else { 4000 };
        for (seed, run) in [(1, 4096), (2, 1), (3, 5)] {
            let mut number = numbers(seed);
            let mut lists = FreeLists::new(Pages::new(run, 4096));
            let mut used: Vec<Used> = Vec::new();
            for step in 0..steps {
                match number(4) {
                    0 if !used.is_empty() => {
                        let gone = used.swap_remove(number(used.len()));
                        assert_filled(&gone, gone.layout.size());
                        // SAFETY: the block came from these lists with this layout.
                        unsafe { lists.release(gone.block, gone.layout) };
                    }
                    1 if !used.is_empty() => {
                        let at = number(used.len());
                        let one = &mut used[at];
                        let most = 1 << number(if cfg!(miri) { 10 } else { 18 });
                        let size = 1 + number(most);
                        // SAFETY: as above.
                        one.block = unsafe { lists.resize(one.block, one.layout, size) };
                        assert!(!one.block.is_null());
                        assert_filled(one, size.min(one.layout.size()));
                        one.layout = layout(size, one.layout.align());
                        fill(one);
                    }
                    _ => {
                        let most = 1 << number(if cfg!(miri) { 10 } else { 18 });
                        let size = 1 + number(most);
                        let layout = layout(size, 1 << number(8));
                        let block = lists.allocate(layout);
                        assert!(
                            !block.is_null() && block.addr().is_multiple_of(layout.align()),
                            "{layout:?}"
                        );
                        let one = Used {
                            block,
                            layout,
                            fill: step as u8,
                        };
                        fill(&one);
                        used.push(one);
                    }
                }
            }
            for one in &used {
                assert_filled(one, one.layout.size());
            }
        }
    }

    #[test]
    fn released_block_is_the_next_of_its_size() {
        let mut lists = FreeLists::new(Pages::new(16, 16));
        let first = lists.allocate(layout(100, 1));
        let second = lists.allocate(layout(128, 1));
        assert_ne!(first, second);
        // SAFETY: both came from these lists with these layouts.
        unsafe {
            lists.release(first, layout(100, 1));
            lists.release(second, layout(128, 1));
        }
        assert_eq!(lists.allocate(layout(65, 8)), second);
        assert_eq!(lists.allocate(layout(127, 128)), first);
    }

    #[test]
    fn repeated_work_takes_no_further_pages() {
        let mut lists = FreeLists::new(Pages::new(1024, 1024));
        let mut taken = 0;
        for round in 0..50 {
            let blocks: Vec<_> = (0..20).map(|power| layout(1 << power, 1)).collect();
            let held: Vec<_> = blocks.iter().map(|layout| lists.allocate(*layout)).collect();
            for (block, layout) in held.into_iter().zip(blocks) {
                // SAFETY: the block came from these lists with this layout.
                unsafe { lists.release(block, layout) };
            }
            if round == 0 {
                taken = lists.memory.taken;
            }
        }
        assert_eq!(lists.memory.taken, taken);
    }

    #[test]
    fn resize_within_the_power_of_two_keeps_the_block() {
        let mut lists = FreeLists::new(Pages::new(4, 4));
        let block = lists.allocate(layout(33, 1));
        // SAFETY: the block came from these lists with this layout.
        unsafe {
            assert_eq!(lists.resize(block, layout(33, 1), 64), block);
            assert_ne!(lists.resize(block, layout(64, 1), 65), block);
        }
    }

    #[test]
    fn exhausted_memory_returns_null_and_keeps_what_there_is() {
        let mut lists = FreeLists::new(Pages::new(4, 4));
        let block = lists.allocate(layout(PAGE, 1));
        assert!(!block.is_null());
        assert!(lists.allocate(layout(4 * PAGE, 1)).is_null());
        let used = Used {
            block,
            layout: layout(PAGE, 1),
            fill: 7,
        };
        fill(&used);
        // SAFETY: the block came from these lists with this layout.
        assert!(unsafe { lists.resize(block, used.layout, 8 * PAGE) }.is_null());
        assert_filled(&used, PAGE);
        assert!(!lists.allocate(layout(2 * PAGE, 1)).is_null());
    }

    #[test]
    fn block_beyond_the_largest_list_is_refused() {
        let mut lists = FreeLists::new(Pages::new(1, 1));
        assert!(lists.allocate(layout((1 << 31) + 1, 1)).is_null());
        assert_eq!(lists.memory.taken, 0);
    }
}
