package dev.tidemark.storage;

/**
 * What an open found and did.
 *
 * @param found the case, in words
 * @param replayedCommits commits of the log that were not in the state yet
 * @param replayedOperations their operations
 * @param tornBytes bytes of an unfinished, never synced tail that were cut off the log
 * @param millis how long the open took, in milliseconds
 */
public record RecoveryReport(
    String found, long replayedCommits, long replayedOperations, long tornBytes, long millis) {}
