package dev.tidemark.engine.explain;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.Fate;
import org.jspecify.annotations.Nullable;

/**
 * What became of one thing that an element of the log left in a key.
 *
 * @param item where the element stands; null if the log does not hold it and the state does
 * @param effect what it did
 * @param author the operation that did it, if that is known
 * @param fate what became of it, by which rule; its winner is an operation, if that is known
 * @param winner where the winner stands, if that is known
 */
public record Verdict(
    @Nullable LogItem item,
    Effect effect,
    @Nullable Dot author,
    Fate fate,
    @Nullable LogItem winner) {}
