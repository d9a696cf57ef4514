package dev.tidemark.engine.laws;

import dev.tidemark.engine.operation.Update;
import org.jspecify.annotations.Nullable;

/**
 * What happens at a replica: an update, or without one a delivery from another.
 *
 * @param now what the physical clock reads
 * @param part of a delivery: how many 8ths of the sender's log; 8 is all of it
 */
public record Step(int at, int from, int now, int part, @Nullable Update update) {}
