/*
 * The allocator, in place of quickjs-ng's arenas: free lists by size class over a pointer that only grows. Blocks keep
 * quickjs-ng's 8-byte header; its `block_size_idx` is the size class. A contract's call allocates and ends, so nothing
 * is ever given back to the VM.
 */
#define SMALL_CLASSES 64     /* classes 0 to 64: multiples of 8 bytes, up to 512 */
#define ALLOCATION_CLASSES 160 /* above: four classes to each power of two */

/* The shadow stack lies between them; see the builder's layout.ts. */
#define HEAP_LIMIT ((uint8_t *)(48u << 20))
#define GROWTH_PAGES 16

extern unsigned char __heap_base;

static uint8_t *heap_top, *heap_end;
static void *free_blocks[ALLOCATION_CLASSES];

static size_t class_size(unsigned class)
{
    if (class <= SMALL_CLASSES)
        return class << 3;
    unsigned above = class - SMALL_CLASSES - 1, exponent = 9 + (above >> 2);
    return ((size_t)1 << exponent) + ((size_t)((above & 3) + 1) << (exponent - 2));
}

/* Makes room for `total` bytes at heap_top, or returns false. */
static no_inline bool heap_grow(size_t total)
{
    if (!heap_top) {
        heap_top = (uint8_t *)(((uintptr_t)&__heap_base + 15) & ~15);
        heap_end = HEAP_LIMIT;
        if ((size_t)(heap_end - heap_top) >= total)
            return true;
    }
    uint8_t *memory_end = (uint8_t *)(__builtin_wasm_memory_size(0) << 16);
    if (heap_end != memory_end)
        heap_top = heap_end = memory_end; /* below the stack there is no room left: go on above it */

    size_t pages = (total + 65535) >> 16;
    if (pages < GROWTH_PAGES)
        pages = GROWTH_PAGES;
    if (__builtin_wasm_memory_grow(0, pages) == (size_t)-1)
        return false;
    heap_end += pages << 16;
    return true;
}

static inline void *heap_allocate(size_t size)
{
    size_t total = (size + 15) & ~(size_t)7; /* with the header, in words */
    unsigned class;
    if (likely(total <= 512)) {
        class = total >> 3;
    } else {
        unsigned exponent = 31 - __builtin_clz(total - 1), shift = exponent - 2;
        class = SMALL_CLASSES + 1 + ((exponent - 9) << 2) + (((total - 1) >> shift) & 3);
        total = (((total - 1) >> shift) + 1) << shift;
    }

    JSMallocBlockHeader *block = free_blocks[class];
    if (block) {
        free_blocks[class] = *(void **)block->user_data;
        return block->user_data;
    }
    if (unlikely((size_t)(heap_end - heap_top) < total) && !heap_grow(total))
        return NULL;
    block = (JSMallocBlockHeader *)heap_top;
    heap_top += total;
    block->block_size_idx = class;
    return block->user_data;
}

static inline JSMallocBlockHeader *block_of(const void *pointer)
{
    return container_of(pointer, JSMallocBlockHeader, user_data);
}

void *js_malloc_rt(JSRuntime *rt, size_t size)
{
    return unlikely(size == 0) ? NULL : heap_allocate(size);
}

void *js_calloc_rt(JSRuntime *rt, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total) || total == 0)
        return NULL;
    void *pointer = heap_allocate(total);
    return pointer ? memset(pointer, 0, total) : NULL;
}

void js_free_rt(JSRuntime *rt, void *pointer)
{
    if (!pointer)
        return;
    JSMallocBlockHeader *block = block_of(pointer);
    *(void **)pointer = free_blocks[block->block_size_idx];
    free_blocks[block->block_size_idx] = block;
}

size_t js_malloc_usable_size_rt(JSRuntime *rt, const void *pointer)
{
    return pointer ? class_size(block_of(pointer)->block_size_idx) - sizeof(JSMallocBlockHeader) : 0;
}

void *js_realloc_rt(JSRuntime *rt, void *pointer, size_t size)
{
    if (!pointer)
        return js_malloc_rt(rt, size);
    if (unlikely(size == 0)) {
        js_free_rt(rt, pointer);
        return NULL;
    }
    size_t usable = js_malloc_usable_size_rt(rt, pointer);
    if (size <= usable)
        return pointer;

    void *moved = heap_allocate(size);
    if (!moved)
        return NULL;
    JSMallocBlockHeader *from = block_of(pointer), *to = block_of(moved);
    to->gc_obj_type = from->gc_obj_type;
    to->mark = from->mark;
    to->ref_count = from->ref_count;
    memcpy(moved, pointer, usable);
    js_free_rt(rt, pointer);
    return moved;
}

void *malloc(size_t size)
{
    return heap_allocate(size ? size : 1);
}

void *calloc(size_t count, size_t size)
{
    return js_calloc_rt(NULL, count, size);
}

void *realloc(void *pointer, size_t size)
{
    return js_realloc_rt(NULL, pointer, size);
}

void free(void *pointer)
{
    js_free_rt(NULL, pointer);
}

size_t malloc_usable_size(void *pointer)
{
    return js_malloc_usable_size_rt(NULL, pointer);
}

/* Zeroes every free block and forgets it: zeroes cost nothing in an image. */
static void heap_wipe_free_blocks(void)
{
    for (int class = 0; class < ALLOCATION_CLASSES; class++) {
        JSMallocBlockHeader *block = free_blocks[class];
        while (block) {
            JSMallocBlockHeader *next = *(void **)block->user_data;
            memset(block, 0, class_size(class));
            block = next;
        }
        free_blocks[class] = NULL;
    }
}
