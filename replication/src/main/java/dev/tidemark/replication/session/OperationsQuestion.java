package dev.tidemark.replication.session;

import java.util.Set;

/**
 * Asks for a replica's commits that did not come.
 *
 * @param replica whose
 * @param sequence from which on
 * @param retired whom the asker takes nothing from any more
 */
public record OperationsQuestion(long replica, long sequence, Set<Long> retired) {}
