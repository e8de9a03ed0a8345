/*
 * What this call has read or written as JSON: to read it again costs no host function. Whatever else writes the storage makes it forget.
 */
typedef struct {
    Bytes key;
    Bytes json; /* no data: there is nothing under the key; a 0 stands behind it */
} Record;

enum { MOST_RECORDS = 8 };

static Record records[MOST_RECORDS];
static uint32_t record_count, oldest_record;

static void forget_records(void)
{
    record_count = oldest_record = 0;
}

static Record *find_record(const Bytes *key)
{
    for (uint32_t i = 0; i < record_count; i++) {
        if (records[i].key.length == key->length && !memcmp(records[i].key.data, key->data, key->length))
            return &records[i];
    }
    return NULL;
}

static void forget_record(const Bytes *key)
{
    Record *record = find_record(key);
    if (record)
        *record = records[--record_count];
}

/* `json` stays where it is for the rest of the call. */
static void remember_record(JSContext *ctx, const Bytes *key, Bytes json)
{
    Record *record = find_record(key);
    if (!record) {
        if (record_count < MOST_RECORDS)
            record = &records[record_count++];
        else
            record = &records[oldest_record++ % MOST_RECORDS];
        uint8_t *copy = js_malloc(ctx, key->length + 1);
        if (!copy)
            return forget_records();
        record->key = (Bytes){ memcpy(copy, key->data, key->length), key->length };
    }
    record->json = json;
}

static Bytes read_record(JSContext *ctx, const Bytes *key)
{
    const Record *known = find_record(key);
    if (known)
        return known->json;
    Bytes json = { 0 };
    if (host_storage_read(key->length, address_of(key->data), 0)) {
        uint8_t *data = take_register(ctx, 0, &json.length);
        if (data)
            data[json.length] = 0;
        json.data = data;
    }
    remember_record(ctx, key, json);
    return json;
}

/* (key) -> the value, null when there is none. */
static JSValue native_read_json(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Bytes key;
    if (to_text(ctx, &key, argv[0]))
        return JS_EXCEPTION;
    Bytes json = read_record(ctx, &key);
    free_text(ctx, &key);
    return json.data ? JS_ParseJSON(ctx, (const char *)json.data, json.length, "<record>") : JS_NULL;
}

/* (key, value): what JSON does not have is an error. */
static JSValue native_write_json(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Bytes key;
    Output out = { 0 };
    enum written written = put_json(ctx, &out, argv[1]);
    if (written == NOTHING)
        JS_ThrowTypeError(ctx, "JSON does not have this value");
    if (written != WRITTEN || !reserve(ctx, &out, 1) || to_text(ctx, &key, argv[0]))
        return JS_EXCEPTION;
    out.data[out.length] = 0;
    host_storage_write(key.length, address_of(key.data), out.length, address_of(out.data), UINT64_MAX - 1);
    remember_record(ctx, &key, (Bytes){ out.data, out.length });
    free_text(ctx, &key);
    return JS_UNDEFINED;
}
