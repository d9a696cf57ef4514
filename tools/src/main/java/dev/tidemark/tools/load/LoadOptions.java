package dev.tidemark.tools.load;

import dev.tidemark.type.Durability;
import org.jspecify.annotations.Nullable;

/**
 * What a load is to do.
 *
 * @param durability what every commit asks for; null for a mixture
 * @param seed what the commits follow from
 * @param threads how many threads update the store; one more brings commits of another replica
 * @param seconds how long; 0 for no bound
 * @param commits how many commits; 0 for no bound
 * @param rate commits a second; 0 for as many as there can be
 */
public record LoadOptions(
    @Nullable Durability durability,
    long seed,
    int threads,
    long seconds,
    long commits,
    double rate) {}
