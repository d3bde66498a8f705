//! The module's allocator: one list of free blocks per power of two.
//!
//! Calls are synchronous and leave next to nothing behind, so blocks of every size come back soon and are used again;
//! joining neighbours, most of what a general allocator is made of, would be downloaded for nothing. At most twice the
//! memory that was ever in use at once is taken from the engine, for each size.

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::{memory_grow, memory_size};
use core::cell::UnsafeCell;
use core::ptr::null_mut;

const PAGE: usize = 65_536;
/// The smallest block, 16 bytes, so that every block is aligned for anything the module holds.
const SMALLEST: u32 = 4;

struct Blocks {
    /// The first free block of each power of two; a free block begins with the address of the next.
    free: [*mut u8; 32],
    /// Memory between these addresses has not been handed out.
    fresh: usize,
    end: usize,
}

struct Allocator(UnsafeCell<Blocks>);

// SAFETY: the module is built without threads.
unsafe impl Sync for Allocator {}

#[global_allocator]
static ALLOCATOR: Allocator = Allocator(UnsafeCell::new(Blocks {
    free: [null_mut(); 32],
    fresh: 0,
    end: 0,
}));

/// The power of two of the block that holds a layout.
fn power(layout: Layout) -> u32 {
    ((layout.size().max(layout.align()) - 1) | ((1 << SMALLEST) - 1)).ilog2() + 1
}

// SAFETY: every block is a power of two of at least the layout's size and alignment, begins at a multiple of its size up to
// a page, which is more than any layout of the module asks for, belongs to one owner at a time, and stays where it is.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let power = power(layout);
        // SAFETY: without threads and without re-entry there is no other borrow.
        let blocks = unsafe { &mut *self.0.get() };
        let Some(list) = blocks.free.get_mut(power as usize) else {
            return null_mut();
        };
        let block = *list;
        if !block.is_null() {
            // SAFETY: a free block holds the address of the next one.
            *list = unsafe { block.cast::<*mut u8>().read() };
            return block;
        }
        let size = 1usize << power;
        let alignment = size.min(PAGE);
        let start = blocks.fresh.next_multiple_of(alignment);
        if size > blocks.end.saturating_sub(start) {
            let pages = size.div_ceil(PAGE);
            let before = memory_grow::<0>(pages);
            if before == usize::MAX {
                return null_mut();
            }
            if before * PAGE != blocks.end {
                blocks.fresh = before * PAGE;
            }
            blocks.end = memory_size::<0>() * PAGE;
        }
        let start = blocks.fresh.next_multiple_of(alignment);
        blocks.fresh = start + size;
        start as *mut u8
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as in `alloc`; the block is the caller's to give back and large enough for an address.
        unsafe {
            let blocks = &mut *self.0.get();
            if let Some(list) = blocks.free.get_mut(power(layout) as usize) {
                block.cast::<*mut u8>().write(*list);
                *list = block;
            }
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller gives a size that makes a layout.
        let grown = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        if power(grown) == power(layout) {
            return block;
        }
        // SAFETY: the new block is at least as large as what is copied; then the old one is given back.
        unsafe {
            let new = self.alloc(grown);
            if !new.is_null() {
                core::ptr::copy_nonoverlapping(block, new, layout.size().min(size));
                self.dealloc(block, layout);
            }
            new
        }
    }
}
