/**
 * A workload that can be held to what it was told: every update follows from a seed, every
 * acknowledgement is written down outside the store, and a check knows from both alone what the
 * store has to hold.
 */
@NullMarked
package dev.tidemark.tools.load;

import org.jspecify.annotations.NullMarked;
