package dev.tidemark.storage.core;

import dev.tidemark.engine.stability.Floor;

/**
 * What a collection has forgotten.
 *
 * @param floor below what
 * @param keys how many keys it has looked at
 * @param forgottenKeys of how many keys nothing is left
 * @param forgottenCells how many cells went: tombstones of elements and fields
 * @param millis how long it took
 */
public record CollectionReport(
    Floor floor, long keys, long forgottenKeys, long forgottenCells, long millis) {}
