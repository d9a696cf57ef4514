package dev.tidemark.storage.core;

import dev.tidemark.engine.interest.Interest;

/**
 * What a store holds at one moment.
 *
 * @param interest the keys of which it has all that its vector says
 * @param narrowings how often it has let go of some since it was opened
 */
public record Holding(Interest interest, long narrowings) {}
