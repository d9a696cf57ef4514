package dev.tidemark.storage.log;

/**
 * What opening a log found and did.
 *
 * @param condition how it was found
 * @param entriesScanned how many entries were read to find the end
 * @param tornBytesCut how many bytes that no entry ends in were cut
 * @param segmentsSealed how many segments a crash had left open
 * @param emptySegmentsRemoved how many segments without a commit were removed
 * @param segmentsSetAside how many were moved to {@code quarantine/}: begun before the one before
 *     them was forced, of which a power loss has taken the end
 * @param millis how long it took
 */
public record LogRecovery(
    LogCondition condition,
    long entriesScanned,
    long tornBytesCut,
    int segmentsSealed,
    int emptySegmentsRemoved,
    int segmentsSetAside,
    long millis) {}
