package dev.tidemark.tools.demo;

/**
 * What a replay took.
 *
 * @param replicas stores
 * @param made operations, each at its own replica
 * @param received operations, at all other replicas
 * @param seconds from opening the stores until all is on disk
 * @param logBytes of all logs together
 * @param stateBytes of all states together
 * @param wireBytes what a newcomer takes over the network for a whole log; 0 without a network
 * @param newcomerLogBytes of its log then
 * @param heapBytes at its peak
 * @param processBytes at its peak, mapped files included; 0 if the system does not tell
 */
record Usage(
    int replicas,
    long made,
    long received,
    double seconds,
    long logBytes,
    long stateBytes,
    long wireBytes,
    long newcomerLogBytes,
    long heapBytes,
    long processBytes) {

  long operations() {
    return made + received;
  }

  double perSecond() {
    return operations() / Math.max(seconds, 1e-3);
  }

  double bytesPerOperation(long bytes) {
    return bytes / (double) Math.max(operations(), 1);
  }
}
