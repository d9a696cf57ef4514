/**
 * A run: an element of the lattice over an interval of history, as sorted records of deltas. A
 * folded segment of the log is one, and so is a state that is handed to another store.
 */
@NullMarked
package dev.tidemark.storage.run;

import org.jspecify.annotations.NullMarked;
