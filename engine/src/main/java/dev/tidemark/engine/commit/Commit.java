package dev.tidemark.engine.commit;

import java.util.List;

/** Operations that become visible together, and travel together. */
public record Commit(CommitHeader header, List<Operation> operations) {}
