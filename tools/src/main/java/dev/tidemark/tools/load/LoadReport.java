package dev.tidemark.tools.load;

/**
 * What a load has done.
 *
 * @param session its number
 * @param commits how many commits were acknowledged
 * @param updates their updates
 * @param synced those that were waited for until they survive a power loss
 * @param remote those that another replica made
 * @param reads values compared with what was written
 * @param scans scans compared with what was written
 * @param flushes flushes of the state
 * @param rolls seals of the log
 * @param compactions foldings of the log that were asked for
 * @param snapshots snapshots that were asked for
 * @param truncations truncations of the log that were asked for
 * @param collections collections that were asked for
 * @param sweeps sweeps of large values that were asked for
 * @param refused tries that were refused because the disk was almost full
 * @param position the log's last position
 * @param seconds how long it took
 */
public record LoadReport(
    long session,
    long commits,
    long updates,
    long synced,
    long remote,
    long reads,
    long scans,
    long flushes,
    long rolls,
    long compactions,
    long snapshots,
    long truncations,
    long collections,
    long sweeps,
    long refused,
    long position,
    double seconds) {}
