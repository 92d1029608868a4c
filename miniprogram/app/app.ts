import { watchForCar } from './services/my-cars.ts'
import { shopper } from './services/shopper.ts'

App({
  onLaunch(options) {
    const { query } = options as { readonly query?: Readonly<Record<string, string>> }
    void shopper().openVenue(query?.venue)
    watchForCar()
  },
  onShow() {
    shopper().toFront()
  },
  onHide() {
    shopper().toBack()
  },
})
