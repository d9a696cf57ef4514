/** The journal: events in causal order, each with its vector. */
@NullMarked
package dev.tidemark.engine.journal;

import org.jspecify.annotations.NullMarked;
