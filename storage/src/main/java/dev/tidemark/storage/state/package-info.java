/** The folded state of every key in RocksDB, and how far the log is folded into it. */
@NullMarked
package dev.tidemark.storage.state;

import org.jspecify.annotations.NullMarked;
