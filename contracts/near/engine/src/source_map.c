/*
 * Build time: gives a function, while it is compiled, the file, lines and columns of the TypeScript that it comes from, so
 * that stack traces name them. The builder has the source map.
 */
struct source_position {
    int32_t line; /* 0: nobody's, made by the bundler; -1: the builder's own, a stack trace ends before it */
    int32_t column;
    char file[248];
};

__attribute__((import_module("builder"), import_name("map_position")))
void builder_map_position(int32_t line, int32_t column, struct source_position *position);

static void map_source_positions(JSFunctionDef *function)
{
    struct source_position position;
    builder_map_position(function->line_num, function->col_num, &position);
    function->backtrace_barrier = position.line < 0;
    if (position.line <= 0)
        return;
    JS_FreeAtom(function->ctx, function->filename);
    function->filename = JS_NewAtom(function->ctx, position.file);
    function->line_num = position.line;
    function->col_num = position.column;
    for (int i = 0; i < function->source_loc_count; i++) {
        SourceLocSlot *slot = &function->source_loc_slots[i];
        builder_map_position(slot->line_num, slot->col_num, &position);
        slot->line_num = position.line > 0 ? position.line : -1; /* -1: as the place before it */
        slot->col_num = position.column;
    }
}
