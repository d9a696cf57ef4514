package dev.tidemark.storage.antientropy;

import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.stability.Floor;

/**
 * A whole key of another store.
 *
 * @param state its state as it counts, with what was forgotten below the floor in its head
 * @param floor below what its store has forgotten
 */
public record KeyCopy(KeyDelta state, Floor floor) {}
