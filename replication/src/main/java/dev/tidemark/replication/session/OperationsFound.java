package dev.tidemark.replication.session;

import dev.tidemark.engine.interest.Interest;
import java.util.Map;
import java.util.Set;

/**
 * What a peer has of them.
 *
 * @param seen how many operations of the replica it has seen
 * @param commits the commits that it gives, as it has them, by their first sequence
 * @param lookedUpTo the last sequence that it has looked for: what it has seen up to there and does
 *     not give is in no commit of its log
 * @param members whom it takes for members that are not retired, itself among them
 * @param forsaken those that were retired from whom it takes nothing more, as it has said
 * @param interest the keys that it holds
 * @param isOutside whether it must not write, and so cannot say from whom it takes nothing more
 */
public record OperationsFound(
    long seen,
    Map<Long, byte[]> commits,
    long lookedUpTo,
    Set<Long> members,
    Set<Long> forsaken,
    Interest interest,
    boolean isOutside) {}
