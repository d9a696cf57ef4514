/**
 * The operation log: every commit of a store in arrival order, appended, forced, read and
 * recovered.
 */
@NullMarked
package dev.tidemark.storage.log;

import org.jspecify.annotations.NullMarked;
