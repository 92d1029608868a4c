import {
  DirectionalLight,
  Group,
  HemisphereLight,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshBasicMaterial,
  MeshLambertMaterial,
  PCFShadowMap,
  PerspectiveCamera,
  Scene,
  WebGLRenderer,
} from 'three'
import type { BufferGeometry, Material } from 'three'
import { blockColours } from './block-colours.ts'
import { fovDeg } from './camera.ts'
import type { Pose, Screen } from './camera.ts'
import { heightOf } from './painter.ts'
import type { BuildingColours, Painter, PainterStart } from './painter.ts'
import { edgesOf, SolidBuilder } from './solids.ts'
import type { Block, Stack, Storey } from './stack.ts'

/** Thickness of a storey that one walks on, and of one that one only passes. */
const slabM = 2.2
/** What lies flat on a floor lies this much above it: two faces at one height flicker. */
const liftM = 0.06
const sheetOpacity = 0.5
/** Of the light that the shadow takes away. */
const shadowShare = { day: 0.32, night: 0.5 } as const
/** Texels of a shadow along a side at most. */
const mostShadowPx = 2048
/** Pixels for each CSS pixel at most: more is not seen and costs the square. */
const mostRatio = 2
/** How far the destination rises. */
const goalRiseM = 1.4

/** What is still held by the graphics card; all 0 after `dispose`. */
export interface Memory {
  readonly geometries: number
  readonly textures: number
  readonly programs: number
}

/**
 * Draws the storeys as bodies with three. Nothing is drawn unless asked for.
 *
 * @throws where the browser gives no WebGL 2 context
 */
export function createThreePainter({ stack, colours }: PainterStart): Painter & { memory(): Memory } {
  const renderer = new WebGLRenderer({ antialias: true, alpha: true, preserveDrawingBuffer: true })
  renderer.setClearColor(0, 0)
  renderer.shadowMap.enabled = true
  renderer.shadowMap.type = PCFShadowMap
  renderer.shadowMap.autoUpdate = false
  renderer.autoClear = false
  const scene = new Scene()
  const camera = new PerspectiveCamera(fovDeg, 1, 1, 10_000)
  camera.up.set(0, 0, 1)
  const sun = addLights(scene, stack, colours.isNight)
  const storeys = stack.storeys.map((storey) =>
    storey.isWalked ? solidStorey(storey, colours) : sheetStorey(storey, colours),
  )
  for (const { group } of storeys) scene.add(group)

  return {
    canvas: renderer.domElement,
    draw({ pose, screen, parted, risen }) {
      if (fitTo(renderer, screen)) sizeShadow(sun, screen)
      look(camera, pose, screen)
      renderer.clear()
      // Storey by storey from the lowest: none throws its shadow on another, and sheets are seen through.
      stack.storeys.forEach((storey, i) => {
        const { group, goal } = storeys[i]!
        for (const other of storeys) other.group.visible = other.group === group
        group.position.z = heightOf(storey, parted)
        if (goal) goal.scale.z = 0.02 + 0.98 * risen
        placeSun(sun, pose, group.position.z)
        renderer.shadowMap.needsUpdate = storey.isWalked
        renderer.render(scene, camera)
      })
    },
    memory: () => ({
      geometries: renderer.info.memory.geometries,
      textures: renderer.info.memory.textures,
      programs: renderer.info.programs?.length ?? 0,
    }),
    dispose() {
      for (const { owned } of storeys) for (const one of owned) one.dispose()
      sun.dispose()
      renderer.dispose()
      // A browser keeps sixteen contexts: a screen that shows a thousand routes must give each one back.
      renderer.forceContextLoss()
      renderer.domElement.remove()
    },
  }
}

interface DrawnStorey {
  readonly group: Group
  /** The destination, which rises by itself. */
  readonly goal: Mesh | undefined
  readonly owned: readonly (BufferGeometry | Material)[]
}

function solidStorey({ outline, blocks }: Storey, colours: BuildingColours): DrawnStorey {
  const { palette } = colours
  const solid = new SolidBuilder()
  for (const shape of outline) {
    solid.addTop(shape, 0, palette.floor)
    solid.addWalls(shape, { from: -slabM, to: 0 }, palette.side)
  }
  const ordinary = blocks.filter(({ isGoal }) => !isGoal)
  for (const block of ordinary) addBlock(solid, block, colours)
  const edges = ordinary.flatMap(({ shapes, heightM }) =>
    shapes.map((shape) => ({ shape, z: heightM + 2 * liftM })),
  )
  const body = new MeshLambertMaterial({ vertexColors: true })
  const mesh = new Mesh(solid.build(), body)
  mesh.castShadow = true
  mesh.receiveShadow = true
  const line = new LineBasicMaterial({ color: palette.wall, transparent: true, opacity: 0.85 })
  const lines = new LineSegments(edgesOf([...edges, ...rimOf(outline)]), line)
  const goal = goalMesh(blocks, colours)
  const group = new Group().add(mesh, lines)
  if (goal) group.add(goal)
  const owned = [mesh.geometry, body, lines.geometry, line, ...(goal ? [goal.geometry, goal.material] : [])]
  return { group, goal, owned }
}

function addBlock(solid: SolidBuilder, block: Block, colours: BuildingColours): void {
  const { roof, wall } = blockColours(block, colours)
  for (const shape of block.shapes) {
    solid.addTop(shape, block.heightM + liftM, roof)
    if (block.heightM > 0) solid.addWalls(shape, { from: 0, to: block.heightM + liftM }, wall)
  }
}

function goalMesh(
  blocks: readonly Block[],
  colours: BuildingColours,
): Mesh<BufferGeometry, Material> | undefined {
  const goal = blocks.find(({ isGoal }) => isGoal)
  if (!goal) return undefined
  const solid = new SolidBuilder()
  addBlock(solid, { ...goal, heightM: goal.heightM + goalRiseM }, colours)
  const mesh = new Mesh(solid.build(), new MeshLambertMaterial({ vertexColors: true }))
  mesh.castShadow = true
  return mesh
}

/** A storey that one rides past: a sheet one sees through, with its outlines. */
function sheetStorey({ outline, blocks }: Storey, colours: BuildingColours): DrawnStorey {
  const { palette } = colours
  const sheet = new SolidBuilder()
  for (const shape of outline) sheet.addTop(shape, 0, palette.floor)
  for (const block of blocks) {
    for (const shape of block.shapes) sheet.addTop(shape, liftM, blockColours(block, colours).roof)
  }
  const shops = blocks.filter(({ kind }) => kind === 'shop' || kind === 'void')
  const paint = new MeshBasicMaterial({
    vertexColors: true,
    transparent: true,
    opacity: sheetOpacity,
    depthWrite: false,
  })
  const line = new LineBasicMaterial({ color: palette.wall, transparent: true, opacity: 0.75 })
  const mesh = new Mesh(sheet.build(), paint)
  const edges = shops.flatMap(({ shapes }) => shapes.map((shape) => ({ shape, z: 2 * liftM })))
  const lines = new LineSegments(edgesOf([...edges, ...rimOf(outline)]), line)
  return {
    group: new Group().add(mesh, lines),
    goal: undefined,
    owned: [mesh.geometry, paint, lines.geometry, line],
  }
}

function rimOf(outline: Storey['outline']) {
  return outline.map((shape) => ({ shape, z: liftM }))
}

function addLights(scene: Scene, stack: Stack, isNight: boolean): DirectionalLight {
  const sky = new HemisphereLight(0xffffff, isNight ? 0x8890a0 : 0xf3eee6, isNight ? 3.3 : 2.55)
  sky.position.set(0, 0, 1)
  const sun = new DirectionalLight(isNight ? 0xbfd0ff : 0xfff4e2, isNight ? 0.9 : 1)
  sun.castShadow = true
  sun.shadow.intensity = isNight ? shadowShare.night : shadowShare.day
  sun.shadow.radius = 3
  sun.shadow.bias = -0.0006
  sun.shadow.normalBias = 0.12
  const reach = reachOf(stack)
  Object.assign(sun.shadow.camera, {
    left: -reach,
    right: reach,
    top: reach,
    bottom: -reach,
    near: 1,
    far: reach * 4,
  })
  scene.add(sky, sun, sun.target)
  return sun
}

/** The light falls on a storey from the upper left of the screen. */
function placeSun(sun: DirectionalLight, { bearingRad }: Pose, floorM: number): void {
  const reach = sun.shadow.camera.right
  const [ahead, right] = [
    [Math.sin(bearingRad), Math.cos(bearingRad)],
    [Math.cos(bearingRad), -Math.sin(bearingRad)],
  ] as const
  sun.position.set(
    (ahead[0] * 0.3 - right[0] * 0.5) * reach,
    (ahead[1] * 0.3 - right[1] * 0.5) * reach,
    floorM + 1.1 * reach,
  )
  sun.target.position.set(0, 0, floorM)
}

/** How far the storeys reach from their middle, in metres. */
function reachOf({ storeys }: Stack): number {
  const points = storeys.flatMap(({ outline }) => outline.flatMap((shape) => shape[0] ?? []))
  return Math.max(...points.map(({ x, y }) => Math.hypot(x, y)))
}

/** @returns whether the canvas got another size */
function fitTo(renderer: WebGLRenderer, { width, height }: Screen): boolean {
  const ratio = Math.min(devicePixelRatio, mostRatio)
  const { domElement } = renderer
  if (domElement.width === Math.floor(width * ratio) && domElement.height === Math.floor(height * ratio))
    return false
  renderer.setPixelRatio(ratio)
  renderer.setSize(width, height)
  return true
}

/** As fine as the picture: a shadow much finer is not seen. */
function sizeShadow(sun: DirectionalLight, { width, height }: Screen): void {
  const ratio = Math.min(devicePixelRatio, mostRatio)
  const side = 2 ** Math.ceil(Math.log2(Math.max(width, height) * ratio))
  sun.shadow.map?.dispose()
  sun.shadow.map = null
  sun.shadow.mapSize.setScalar(Math.min(mostShadowPx, side))
}

function look(camera: PerspectiveCamera, pose: Pose, { width, height }: Screen): void {
  const { target, distanceM, pitchRad, bearingRad, shift } = pose
  const back = Math.sin(pitchRad) * distanceM
  camera.position.set(
    target.x - Math.sin(bearingRad) * back,
    target.y - Math.cos(bearingRad) * back,
    target.z + Math.cos(pitchRad) * distanceM,
  )
  camera.aspect = width / height
  camera.near = distanceM * 0.1
  camera.far = distanceM * 3
  camera.lookAt(target.x, target.y, target.z)
  camera.setViewOffset(width, height, -shift.x, -shift.y, width, height)
}
