//! The global allocator of the client's and the transfers' modules: [`FreeLists`] over the module's own memory.

use super::free_lists::{FreeLists, Grow, PAGE};
use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::memory_grow;
use core::cell::UnsafeCell;
use core::ptr::with_exposed_provenance_mut;

/// The memory of the module.
struct Memory;

// SAFETY: the engine adds zeroed pages at the end, which nothing refers to yet.
unsafe impl Grow for Memory {
    fn grow(&mut self, pages: usize) -> Option<*mut u8> {
        match memory_grow::<0>(pages) {
            usize::MAX => None,
            before => Some(with_exposed_provenance_mut(before * PAGE)),
        }
    }
}

struct Allocator(UnsafeCell<FreeLists<Memory>>);

// SAFETY: the modules are built without threads.
unsafe impl Sync for Allocator {}

#[global_allocator]
static ALLOCATOR: Allocator = Allocator(UnsafeCell::new(FreeLists::new(Memory)));

impl Allocator {
    #[expect(
        clippy::mut_from_ref,
        reason = "there is one thread, and the lists call nothing that allocates"
    )]
    fn lists(&self) -> &mut FreeLists<Memory> {
        // SAFETY: without threads and without re-entry there is no other borrow.
        unsafe { &mut *self.0.get() }
    }
}

// SAFETY: every block holds its layout, belongs to one owner at a time, and stays where it is.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.lists().allocate(layout)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is the same.
        unsafe { self.lists().release(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise is the same.
        unsafe { self.lists().resize(block, layout, size) }
    }
}
