/** What a store holds, counted in one pass and in bounded memory, from outside. */
@NullMarked
package dev.tidemark.storage.statistics;

import org.jspecify.annotations.NullMarked;
