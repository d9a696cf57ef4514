/**
 * Copies of the state as it was at one log position, each with a manifest that says what every file
 * of it has to be: how they are taken, judged, copied elsewhere, and made a store of again.
 */
@NullMarked
package dev.tidemark.storage.snapshot;

import org.jspecify.annotations.NullMarked;
