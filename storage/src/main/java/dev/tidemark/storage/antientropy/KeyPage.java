package dev.tidemark.storage.antientropy;

import java.util.List;

/**
 * Some keys of a range.
 *
 * @param marks the first ones, in order
 * @param isLast whether there are no more
 */
public record KeyPage(List<KeyMark> marks, boolean isLast) {}
