variable "name" {
  description = "Name of the repository."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that encrypts the images."
  type        = string
}

variable "force_delete" {
  description = "Let the repository be destroyed with images in it."
  type        = bool
}
