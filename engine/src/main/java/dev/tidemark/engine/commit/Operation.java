package dev.tidemark.engine.commit;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.schema.Namespace;

/**
 * One delta to one key. It says its namespace, so that the log can be read and folded without a
 * schema.
 */
public record Operation(Namespace namespace, Bytes key, KeyDelta delta) {}
