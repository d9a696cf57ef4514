package dev.tidemark.tools.crash;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happens in a round.
 *
 * @param number from 1
 * @param fresh whether a new directory is taken
 * @param aim the moment that one of the kills is meant to fall at, or null
 * @param mishap what happens to the closed store first
 * @param firstOpens kills of the opens that follow that
 * @param load the kill of the writing process
 * @param commits how many commits it makes if it lives that long; 0 for as many as there can be
 * @param opens kills of the opens that follow that, one after the other
 * @param seed of the writing
 * @param threads of the writing
 */
record RoundPlan(
    long number,
    boolean fresh,
    @Nullable Moment aim,
    Mishap mishap,
    List<Kill> firstOpens,
    Kill load,
    long commits,
    List<Kill> opens,
    long seed,
    int threads) {}
