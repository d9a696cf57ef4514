/** What a store is opened with, and what it tells of itself. */
@NullMarked
package dev.tidemark.storage;

import org.jspecify.annotations.NullMarked;
