/** Values that concurrent updates took from each other: told, kept, and journalled. */
@NullMarked
package dev.tidemark.storage.conflict;

import org.jspecify.annotations.NullMarked;
