/*
 * Which properties of built-in objects the image lacks. Code that names a property keeps it, so only a name that is made at
 * run time, or one that the engine itself looks up, can ask for one of these; it gets an error instead of undefined.
 */

/* One bit for each atom of the image: a property by this name may have been left out. Atoms made later have no bit. */
static uint8_t *suspect_atoms;
static uint32_t suspect_atom_count;

/* Sorted: object and name of each property that was left out. */
static uint32_t *left_out;
static uint32_t left_out_count;

/* Of the object by its place in the heap: the same wherever the static data lies. */
static uint32_t left_out_key(const JSObject *object, const JSAtomStruct *name)
{
    uint32_t place = (const uint8_t *)object - &__heap_base;
    return (place * 0x85ebca6b) ^ (name->hash * 0x9e3779b1) ^ name->len;
}

static inline bool is_suspect(JSAtom name)
{
    return name >= suspect_atom_count || suspect_atoms[name >> 3] >> (name & 7) & 1;
}

static bool is_left_out_of(const JSObject *object, const JSAtomStruct *name)
{
    uint32_t key = left_out_key(object, name), low = 0, high = left_out_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (left_out[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < left_out_count && left_out[low] == key;
}

/*
 * Throws when the property that was not found on `value` and its prototypes is one that was left out. For names that are
 * suspect only.
 */
static no_inline bool throw_if_left_out(JSContext *ctx, JSValueConst value, JSAtom name)
{
    const JSObject *object = JS_VALUE_GET_OBJ(JS_IsObject(value) ? value : JS_GetPrototypePrimitive(ctx, value));
    if (__JS_AtomIsTaggedInt(name) || JS_AtomGetKind(ctx, name) != JS_ATOM_KIND_STRING)
        return false;
    for (; object; object = object->shape->proto) {
        if (!is_left_out_of(object, ctx->rt->atom_array[name]))
            continue;
        JS_ThrowTypeErrorAtom(ctx, "the built-in property '%s' is left out of this contract: name it in a comment, @keep", name);
        return true;
    }
    return false;
}
