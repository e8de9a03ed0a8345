/** Where things lie in the memory of a contract. engine/compile.sh and engine/src/allocator.h have the same numbers. */

/** The engine's static data starts here; its heap follows. */
export const STATIC_START = 262_144

/** Number of the engine's first function in the table. No small integer of a heap is by chance a function's number. */
export const TABLE_BASE = 9_001

/** By how much the second link differs: a word that differs by this holds an address, or a function's number. */
export const ADDRESS_SHIFT = 16
export const TABLE_SHIFT = 12

/** The shadow stack grows down from the end of the memory that nearcore gives to every contract, 1,024 pages. */
export const STACK_TOP = 64 << 20
export const STACK_LIMIT = 48 << 20

export const INITIAL_PAGES = 1_024
export const MAXIMUM_PAGES = 2_048
