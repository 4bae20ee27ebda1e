output "product" {
  description = "What one needs to push images, migrate and look around; infra/product/outputs.tf explains each."
  value       = module.product
}
