package dev.tidemark.replication.session;

import java.util.Map;
import java.util.Set;

/**
 * What a peer has of them.
 *
 * @param seen how many operations of the replica it has seen
 * @param commits the commits that it gives, as it has them, by their first sequence
 * @param members whom it takes for members that are not retired, itself among them
 * @param retired whom it takes for retired
 */
public record OperationsFound(
    long seen, Map<Long, byte[]> commits, Set<Long> members, Set<Long> retired) {}
