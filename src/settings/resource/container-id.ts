const ID = /(?:^|[/:-])([0-9a-f]{64})(?=\.scope|\/|$)/g
/** A task of Amazon ECS on Fargate has ids of another form. */
const FARGATE_ID = /\/ecs\/[^/]+\/([0-9a-f]{32}-\d+)$/
/** Where Docker, and where Podman and CRI-O, keep the files that they mount into a container. */
const DOCKER_FILE = /\/containers\/([0-9a-f]{64})\/(?:hostname|hosts|resolv\.conf)$/
const PODMAN_FILE = /\/overlay-containers\/([0-9a-f]{64})\/userdata\/(?:\.containerenv|hostname)$/
/** Where kubelet keeps what it mounts into pods. */
export const KUBELET = '/kubelet/pods/'
/** Shorter paths hold no id, and need not be looked through: an expression costs most when it runs first. */
const MIN_PATH_LENGTH = 64

/** The texts that Linux has on the control groups and the mounts of a process. */
export interface ContainerTexts {
  /** `/proc/self/cgroup`. @see https://man7.org/linux/man-pages/man7/cgroups.7.html */
  readonly cgroup: string
  /** `/proc/self/mountinfo`. @see https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
  readonly mountinfo: string
}

/**
 * The id of the container that a process runs in; undefined when it runs in none, or none can be told. Docker, containerd, Podman and CRI-O; cgroup v1 names it in the group's path, v2 mostly hides
 * that and leaves the mounts. In a pod of Kubernetes those tell of the pod's sandbox, which is another container, and so nothing.
 */
export function containerId({ cgroup, mountinfo }: ContainerTexts): string | undefined {
  return (
    cgroup.split('\n').map(idInGroup).find(Boolean) ?? (mountinfo.includes(KUBELET) ? undefined : idInMounts(mountinfo))
  )
}

function idInGroup(line: string): string | undefined {
  const path = line.slice(line.indexOf(':', line.indexOf(':') + 1) + 1)
  if (path.length < MIN_PATH_LENGTH || path.includes('conmon')) return undefined
  return [...path.matchAll(ID)].at(-1)?.[1] ?? FARGATE_ID.exec(path)?.[1]
}

function idInMounts(mountinfo: string): string | undefined {
  if (!mountinfo.includes('containers/')) return undefined
  const sources = mountinfo.split('\n').map((line) => line.split(' ')[3] ?? '')
  return [PODMAN_FILE, DOCKER_FILE].flatMap((file) => sources.map((source) => file.exec(source)?.[1])).find(Boolean)
}
