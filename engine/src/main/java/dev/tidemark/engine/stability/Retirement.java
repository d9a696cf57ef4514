package dev.tidemark.engine.stability;

import dev.tidemark.engine.causality.Dot;

/**
 * A member was retired: whoever has seen this takes nothing from it any more.
 *
 * @param replica who was retired
 * @param by the operation
 */
public record Retirement(long replica, Dot by) {}
